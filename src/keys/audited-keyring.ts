import {
	type GeneratedKey,
	type KeyContext,
	type Keyring,
	KeyUnavailableError,
	type KeyUnavailableReason,
	type UnwrappedKey,
} from './keyring.ts';

/** A call that gives a data key away, and what came of it: for the log and for alerts. Never key material. */
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

/** The two calls of a keyring that give data keys away, for one version each, and what they are wrapped under. */
export interface AuditedKeyring extends Pick<Keyring, 'describeKey'> {
	generateDataKey(context: KeyContext, version: number): Promise<GeneratedKey>;
	unwrap(context: KeyContext, version: number, wrapped: Uint8Array): Promise<UnwrappedKey>;
}

/** `onEvent` hears of each call before its caller does. */
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
