export { OtaError, PlatformError } from "./errors";
export * as iotda from "./iotda";
export * as northbound from "./northbound";
export { Provider, type ProviderArgs } from "./provider-resource";
