/** An adopter's program that uses every entry of the package. It is type-checked as strictly as TypeScript can, and run. */
export const PROGRAM = `
import { ERROR_CODES, encryptedDirective, type ErrorCode, FirmsealError, type Keyring, sealed, sealedColumns } from 'firmseal';
import { leafHash, rootHash, verifyInclusion } from 'firmseal/audit';
import { decryptChunked, encodeContext, encryptChunked, openField, sealField } from 'firmseal/envelope';
import { CONTENT_TYPES, createFirmseal, createVault, type Firmseal, type KeptStore, VaultError } from 'firmseal/client';
import { serveVault } from 'firmseal/client/worker';
import { type KitReport, runKit } from 'firmseal/testing';
import { pgTable, uuid } from 'drizzle-orm/pg-core';

const cards = pgTable('cards', { id: uuid('id').primaryKey(), title: sealed('title') });
const columns = sealedColumns({ Card: cards });
const bound: string = columns.map(({ bind }) => bind.table + '.' + bind.column).join();

const key: Uint8Array = crypto.getRandomValues(new Uint8Array(32));
const context: Uint8Array = encodeContext(['one', 'two']);
const ciphertext: Uint8Array = await encryptChunked({ key, context, plaintext: Uint8Array.of(1, 2, 3) });
const plaintext: Uint8Array = await decryptChunked({ key, context, ciphertext });

const leaf: Uint8Array = await leafHash('leaf');
await verifyInclusion({ index: 0, size: 1, leafHash: leaf, proof: [], root: await rootHash([leaf]) });

const code: ErrorCode = new FirmsealError('CONFLICT', 'It is there already.').code;
// @ts-expect-error: not a code, which shows that the types of the package are not any.
const refused = () => new FirmsealError('NO_SUCH_CODE', 'It is there already.');
// @ts-expect-error: a text is not a key.
const textAsKey = () => encryptChunked({ key: 'text', context, plaintext });
// @ts-expect-error: a hash consists of bytes.
const textAsHash = () => verifyInclusion({ index: 0, size: 1, leafHash: 'text', proof: [], root: leaf });
// @ts-expect-error: a directive needs columns to open.
const withoutColumns = () => encryptedDirective({});
// @ts-expect-error: a kit needs a schema to walk.
const withoutSchema = (): Promise<KitReport> => runKit({});
// @ts-expect-error: a value needs a place.
const withoutPlace = () => [sealField({ key }), openField({ key })];
const keyring: Keyring | null = null;

const kept = new Map<string, Uint8Array>();
const store: KeptStore = {
	read: async (name) => kept.get(name) ?? null,
	write: async (name, bytes) => void kept.set(name, bytes),
	remove: async (name) => void kept.delete(name),
};
const vault = createVault({ store, clock: Date, types: CONTENT_TYPES });
const firmseal: Firmseal = createFirmseal({ url: 'https://vault.example', token: () => 'token', vault, unlock: () => vault.state() });
const locked: unknown = await firmseal.ready().catch((error: unknown) => error instanceof VaultError && error.reason);
// @ts-expect-error: a vault keeps what it knows somewhere.
const withoutStore = () => createVault({ clock: Date, types: CONTENT_TYPES });
// @ts-expect-error: it needs a worker's scope.
const withoutScope = () => serveVault(1);

console.log(JSON.stringify({ bound, plaintext: [...plaintext], code, known: Object.values(ERROR_CODES).length > 0, keyring, locked }));
void [refused, textAsKey, textAsHash, withoutColumns, withoutSchema, withoutPlace, withoutStore, withoutScope];
`;
