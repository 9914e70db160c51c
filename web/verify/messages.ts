import type { VerifyRequest } from './given-file.ts';
import type { EntryFilter, EntryPage } from './list-entries.ts';
import type { Verdict } from './verdict.ts';

/** From the page to the worker, which does one thing at a time. */
export type ToWorker =
	| { readonly kind: 'VERIFY'; readonly request: VerifyRequest }
	| { readonly kind: 'LIST'; readonly request: VerifyRequest; readonly filter: EntryFilter; readonly from: number };

export type FromWorker =
	| { readonly kind: 'PROGRESS'; readonly bytes: number }
	| { readonly kind: 'VERDICT'; readonly verdict: Verdict }
	/** Null if the file does not verify any more. */
	| { readonly kind: 'ENTRIES'; readonly page: EntryPage | null }
	/** The page has a bug. */
	| { readonly kind: 'FAILED'; readonly name: string };
