export { type AfterRestore, inspectAfterRestore } from './inspect.ts';
export { nameSome } from './name-some.ts';
