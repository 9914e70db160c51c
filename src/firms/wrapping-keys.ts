import { type Keyring, KeyUnavailableError, type WrappingKey } from '../keys/index.ts';

/** A firm or the platform, with its wrapping key, or with the keyring's reason for not describing it. */
export interface DescribedKey {
	readonly id: string;
	readonly slug: string;
	readonly key: WrappingKey | null;
	readonly refusal: KeyUnavailableError | null;
}

/** Concurrent calls to the key service, which limits them. */
const AT_ONCE = 4;

/** Returns the keys in the order of `firms`. A refused key does not affect the others. */
export async function describeKeys(
	keyring: Pick<Keyring, 'describeKey'>,
	firms: readonly { readonly id: string; readonly slug: string }[],
): Promise<readonly DescribedKey[]> {
	const described: DescribedKey[] = [];
	for (let from = 0; from < firms.length; from += AT_ONCE)
		described.push(
			...(await Promise.all(
				firms.slice(from, from + AT_ONCE).map(async ({ id, slug }) => {
					const { key, refusal } = await describe(keyring, id);
					return { id, slug, key, refusal };
				}),
			)),
		);
	return described;
}

const describe = (keyring: Pick<Keyring, 'describeKey'>, id: string) =>
	keyring.describeKey(id).then(
		(key) => ({ key, refusal: null }),
		(error: unknown) => {
			if (error instanceof KeyUnavailableError) return { key: null, refusal: error };
			throw error;
		},
	);

/** The state of the key, or the reason why it is unknown, in one word. */
export const wrappingKeyStateOf = ({ key, refusal }: DescribedKey): string =>
	key?.state ?? refusal?.reason ?? 'MISSING';
