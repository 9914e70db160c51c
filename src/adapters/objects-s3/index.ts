export { openS3Objects, type S3ObjectsOptions } from './s3-objects.ts';
