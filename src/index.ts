export { OtaError, PlatformError } from "./errors";
export * as northbound from "./northbound";
export { Provider, type ProviderArgs } from "./provider-resource";
