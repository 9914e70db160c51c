export { type AfterRestore, inspectAfterRestore } from './inspect.ts';
