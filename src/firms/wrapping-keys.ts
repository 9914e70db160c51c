import { type Keyring, KeyUnavailableError, type WrappingKey } from '../keys/index.ts';

/** A firm, or the platform, and what the keyring says of its wrapping key; instead of a key: what it says of why it doesn't. */
export interface DescribedKey {
	readonly id: string;
	readonly slug: string;
	readonly key: WrappingKey | null;
	readonly refusal: KeyUnavailableError | null;
}

/** A key service takes few questions at once; a firm that has taken its key back keeps no one from the others'. */
const AT_ONCE = 4;

/** In the order of `firms`. */
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

/** In one word. */
export const wrappingKeyStateOf = ({ key, refusal }: DescribedKey): string =>
	key?.state ?? refusal?.reason ?? 'MISSING';
