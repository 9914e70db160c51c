export { answerRegistered, type RegisteredOptions } from './answer-registered.ts';
export { knownOperations } from './known-operations.ts';
export { readOperationFiles } from './operation-files.ts';
export { registerOperations } from './registered-operations.ts';
