import { type ErrorCode, FirmsealError } from '../../errors.ts';

/** A refusal of the vault, as the page sees it. */
export class VaultRefusal extends FirmsealError {
	override readonly name = 'VaultError';
	/** Of VaultError, or a WorkerReason: stable. null for an error without one. */
	readonly reason: string | null;
	/** As VaultError has it. */
	readonly detail: string | null;

	constructor(told: ToldError) {
		super(told.code, told.message);
		this.reason = told.reason;
		this.detail = told.detail;
	}
}

/** An error as it crosses between worker and page. The message is a sentence of ours, never that of an engine. */
export interface ToldError {
	readonly code: ErrorCode;
	readonly message: string;
	readonly reason: string | null;
	readonly detail: string | null;
}

/** Refuses with one of `sentences`, which are for the person. Their names are stable: applications switch on them. */
export const refuser =
	<Reason extends string>(
		sentences: Readonly<Record<Reason, string>>,
		codes: Readonly<Partial<Record<Reason, ErrorCode>>>,
	) =>
	(reason: Reason): VaultRefusal =>
		new VaultRefusal({ code: codes[reason] ?? 'INTERNAL', message: sentences[reason], reason, detail: null });

/** A page that asks for what is no operation, by either side. */
export const NOT_ASKED =
	'This page asked for something that is no operation of the vault. Nothing was done. Report it.';
