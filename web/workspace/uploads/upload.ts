/** Where a file goes: a new document, or the next version of one. */
export type UploadTarget =
	| { readonly kind: 'DOCUMENT'; readonly clientId: string | null; readonly description: string | null }
	| {
			readonly kind: 'VERSION';
			readonly documentId: string;
			/** The latest version with a file, as the person saw it; null if there is none. */
			readonly latest: string | null;
			/** The person's own version that still waits for a file, which the next file becomes; null if there is none. */
			readonly waiting: string | null;
			readonly changeSummary: string | null;
	  };

/** A file on its way. Its ids are made once, so that sending again continues the same upload. */
export interface Upload {
	/** Id of the document or the version that the upload makes. */
	readonly id: string;
	readonly documentId: string;
	readonly target: UploadTarget;
	readonly file: File;
	/** The file's name as a document may have it. */
	readonly name: string;
	readonly mimeType: string;
	readonly state: 'WAITING' | 'SENDING' | 'DONE' | 'FAILED' | 'CANCELLED';
	/** Bytes. */
	readonly sent: number;
	/** Why it failed. */
	readonly error: unknown;
}
