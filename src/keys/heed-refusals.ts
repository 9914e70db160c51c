import { type KeyContext, type Keyring, KeyUnavailableError } from './keyring.ts';

/** The two calls that give data keys away; `onRefused` is told, before the caller, of each that was REFUSED. */
export function heedRefusals(
	keyring: Keyring,
	onRefused: (context: KeyContext) => void,
): Pick<Keyring, 'generateDataKey' | 'unwrap'> {
	async function heed<Answer>(context: KeyContext, asked: Promise<Answer>): Promise<Answer> {
		try {
			return await asked;
		} catch (error) {
			if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') onRefused(context);
			throw error;
		}
	}
	return {
		generateDataKey: (context) => heed(context, keyring.generateDataKey(context)),
		unwrap: (context, wrapped) => heed(context, keyring.unwrap(context, wrapped)),
	};
}
