export { type RegisteredOptions, registeredOperationsPlugin } from './answer-registered.ts';
export { operationTypeRule } from './known-operations.ts';
export { readOperationFiles } from './operation-files.ts';
export { registerOperations } from './registered-operations.ts';
