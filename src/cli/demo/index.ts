export { loadDemo, sharedFileId } from './demo.ts';
