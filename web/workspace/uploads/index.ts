export { DropZone } from './drop-zone.tsx';
export { UploadList } from './upload-list.tsx';
export { useUploads } from './use-uploads.ts';
