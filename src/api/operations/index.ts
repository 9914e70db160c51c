export { readOperationFiles } from './operation-files.ts';
export { operationTypeRule } from './operation-type-rule.ts';
export { registerOperations } from './registered-operations.ts';
export { type RegisteredOptions, registeredOperationsPlugin } from './registered-operations-plugin.ts';
