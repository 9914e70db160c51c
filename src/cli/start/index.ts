export { openToServe } from './open-to-serve.ts';
export { lifeOfToken } from './token-life.ts';
