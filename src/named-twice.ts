/* Why a resource is refused that says the same thing twice, whichever door it comes through. */

/** @param what - kind and name of the resource */
export function describePackageTwice(what: string, idField: string): string {
  return `${what} has both versionPackage and ${idField}; give one of them.`;
}

/**
 * @param what - kind and name of the resource
 * @param field - what the task tells, too
 */
export function describeTaskTwice(what: string, field: string): string {
  return `${what} has both task and ${field}: the task tells its ${field}. Leave one of them out.`;
}
