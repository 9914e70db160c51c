export { readOperationFiles } from './operation-files.ts';
export { operationTypeRule, registerOperations } from './registered-operations.ts';
export { type RegisteredOptions, registeredOperationsPlugin } from './registered-operations-plugin.ts';
