import { S3Client } from '@aws-sdk/client-s3';

/** Tries of a request with all its repetitions, which wait in between, the longer the later. */
const TRIES = 3;

/** Milliseconds for a connection, and for an answer to what has no body unless said otherwise. */
const CONNECTING = 3_000;
export const PATIENCE = 15_000;

/** Bytes a second that a part goes up with at least: a link that is slower is as good as none. */
const SLOWEST = 512 * 1024;

export interface ClientOptions {
	readonly region: string;
	/** Of a service that isn't the cloud's own; null: the region's. */
	readonly endpoint: string | null;
	/** null: found as the cloud's clients find them everywhere. */
	readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
	/** Milliseconds for an answer, and for the next bytes of one; 15,000 unless given. */
	readonly patience?: number;
}

export const createClient = ({ region, endpoint, credentials, patience = PATIENCE }: ClientOptions): S3Client =>
	new S3Client({
		region,
		// Others than the cloud seldom have a name for each bucket.
		...(endpoint !== null && { endpoint, forcePathStyle: true }),
		...(credentials && { credentials }),
		retryMode: 'standard',
		maxAttempts: TRIES,
		requestHandler: {
			connectionTimeout: CONNECTING,
			requestTimeout: patience,
			throwOnRequestTimeout: true,
			// A download goes at its reader's pace, so silence on a socket says nothing; what is read is watched by read.ts.
			socketTimeout: 0,
			// Each download has one for as long as it takes; the API bounds how many there are.
			httpAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
			httpsAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
		},
		// Parts of objects are read, for which the service has no checksum.
		responseChecksumValidation: 'WHEN_REQUIRED',
	});

/** Options of a request that has a body of so many bytes. */
export const sending = ({ patience }: { readonly patience: number }, bytes: number, abortSignal: AbortSignal) => ({
	abortSignal,
	requestTimeout: patience + Math.ceil((bytes / SLOWEST) * 1_000),
});
