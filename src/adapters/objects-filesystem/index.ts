export { type FilesystemObjectsOptions, openFilesystemObjects } from './filesystem-objects.ts';
export { openPlaintextFiles } from './plaintext-files.ts';
