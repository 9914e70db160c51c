export { createNodeAead } from './node-aead.ts';
