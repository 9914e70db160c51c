export { openPlaintextS3Objects } from './clear-s3-objects.ts';
export { openS3Objects, type S3ObjectsOptions } from './s3-objects.ts';
