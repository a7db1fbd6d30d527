/*
 * With ONE_SCENARIO set each file runs its first story, for one wing: what another Node or another SDK
 * could break shows there. Jest lists what it leaves out as skipped.
 */
if (process.env["ONE_SCENARIO"] !== undefined) {
  const { each, skip } = describe;
  const file = expect.getState().testPath ?? "";
  // The wings take turns from file to file.
  const wing = file.length % 2;
  let stories = 0;

  const oneOf = (rows: readonly unknown[]) => (name: string, body: (row: unknown) => void) => {
    stories += 1;
    rows.forEach((row, index) => {
      const isChosen = stories === 1 && index === wing % rows.length;
      (isChosen ? each : skip.each)([row])(name, body);
    });
  };
  describe.each = oneOf as typeof describe.each;
}
