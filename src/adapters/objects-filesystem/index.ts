export { openPlaintextFiles } from './clear-files.ts';
export { type FilesystemObjectsOptions, openFilesystemObjects } from './filesystem-objects.ts';
