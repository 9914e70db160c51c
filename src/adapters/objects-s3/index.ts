export { openPlaintextS3Objects } from './plaintext-s3-objects.ts';
export { openS3Objects, type S3ObjectsOptions } from './s3-objects.ts';
