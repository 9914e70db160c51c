import {
	type GeneratedKey,
	type KeyContext,
	type Keyring,
	KeyUnavailableError,
	type KeyUnavailableReason,
	type UnwrappedKey,
} from './keyring.ts';

/** A call that returns a data key, and its outcome: for the log and for alerts. Never key material. */
export type DataKeyEvent = {
	readonly call: 'generate' | 'unwrap';
	readonly firm: string;
	readonly class: string;
	/** Version of the data key. */
	readonly version: number;
} & (
	| { readonly outcome: 'ok'; readonly keyId: string; readonly requestId: string }
	| { readonly outcome: KeyUnavailableReason; readonly requestId: string | null }
);

/** The two calls of a keyring that return data keys, for one version each, and describeKey. */
export interface AuditedKeyring extends Pick<Keyring, 'describeKey'> {
	generateDataKey(context: KeyContext, version: number): Promise<GeneratedKey>;
	unwrap(context: KeyContext, version: number, wrapped: Uint8Array): Promise<UnwrappedKey>;
}

/** Calls `onEvent` before the caller gets the result. */
export function auditKeyring(keyring: Keyring, onEvent: (event: DataKeyEvent) => void): AuditedKeyring {
	async function report<Key extends UnwrappedKey>(
		call: DataKeyEvent['call'],
		{ firm, class: keyClass }: KeyContext,
		version: number,
		asked: Promise<Key>,
	): Promise<Key> {
		const what = { call, firm, class: keyClass, version };
		try {
			const key = await asked;
			onEvent({ ...what, outcome: 'ok', keyId: key.keyId, requestId: key.requestId });
			return key;
		} catch (error) {
			if (error instanceof KeyUnavailableError) onEvent({ ...what, outcome: error.reason, requestId: error.requestId });
			throw error;
		}
	}
	return {
		describeKey: (firm) => keyring.describeKey(firm),
		generateDataKey: (context, version) => report('generate', context, version, keyring.generateDataKey(context)),
		unwrap: (context, version, wrapped) => report('unwrap', context, version, keyring.unwrap(context, wrapped)),
	};
}
