/** What of the package's schema this process needs itself; the engine gets the whole text. */
export interface PackageSchema {
  readonly text: string;
  readonly version: string;
  /** Names of the outputs of a type, those that are inputs, too. */
  outputsOf(type: string): readonly string[];
}

/** Read only once somebody asks: most processes do not. */
export function packageSchema(read: () => string): PackageSchema {
  let text: string | undefined;
  let parsed: Parsed | undefined;
  const whole = (): string => (text ??= read());
  const schema = (): Parsed => (parsed ??= JSON.parse(whole()) as Parsed);
  return {
    get text() {
      return whole();
    },
    get version() {
      return schema().version;
    },
    outputsOf: (type) => Object.keys(schema().resources[type]?.properties ?? {}),
  };
}

interface Parsed {
  readonly version: string;
  readonly resources: Readonly<Record<string, { readonly properties?: object } | undefined>>;
}
