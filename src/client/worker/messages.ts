import type { VaultOperations } from '../vault/index.ts';
import { RARE_OPERATIONS } from '../vault/rare-names.ts';
import type { ToldError } from './refusal.ts';

/** One operation. */
export interface CallMessage {
	/** Unique among the open calls of a page. */
	readonly call: number;
	/** A name of OPERATIONS. */
	readonly operation: string;
	readonly given: readonly unknown[];
}

export type AnswerMessage =
	| { readonly answer: number; readonly value: unknown }
	| { readonly answer: number; readonly error: ToldError };

/** TAKEN: another tab took over, and the device is locked here. FREE: no other tab has it any more. */
export interface EventMessage {
	readonly event: 'TAKEN' | 'FREE';
}

/** The worker's code runs. `life` is the name of a lock that the worker holds until it ends, however it ends. */
export interface LoadedMessage {
	readonly life: string;
}

export type FromVaultWorker = AnswerMessage | EventMessage | LoadedMessage;

/** Which tab uses the vault. */
export interface TabOperations {
	/** Waits until the tab that has the vault gives it up, which it does after the operation that runs. The device is locked there. */
	takeOver(): Promise<void>;
}

export interface WorkerOperations extends VaultOperations, TabOperations {}

/** All that a page may ask for. */
export const OPERATIONS: Readonly<Record<keyof WorkerOperations, true>> = {
	takeOver: true,
	devices: true,
	unlock: true,
	lock: true,
	extend: true,
	state: true,
	addWraps: true,
	missing: true,
	open: true,
	...RARE_OPERATIONS,
};

/** The form only: what an operation was given is checked by the operation. */
export function isCall(data: unknown): data is CallMessage & { readonly operation: keyof WorkerOperations } {
	if (typeof data !== 'object' || data === null) return false;
	const { call, operation, given } = data as Partial<CallMessage>;
	const isKnown = typeof operation === 'string' && Object.hasOwn(OPERATIONS, operation);
	return Number.isSafeInteger(call) && isKnown && Array.isArray(given) && given.length <= 1;
}

/** Whether a value is only what JSON can say. A key of WebCrypto, which could be cloned, is not; nor are bytes. */
export function isPlain(value: unknown): boolean {
	if (value === null || typeof value !== 'object') return !['function', 'symbol', 'bigint'].includes(typeof value);
	if (Array.isArray(value)) return value.every(isPlain);
	const isObject = [Object.prototype, null].includes(Object.getPrototypeOf(value));
	return isObject && Object.values(value).every(isPlain);
}
