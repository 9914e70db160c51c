export { type FilesystemObjectsOptions, openFilesystemObjects } from './filesystem-objects.ts';
