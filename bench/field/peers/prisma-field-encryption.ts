import { openCloak } from '../../cloak.ts';
import type { FieldPeer } from './peer.ts';

/** What its extension and its middleware call for each query. Written down here: the package comes with the first run. */
interface Encryption {
	configureKeys(config: { readonly encryptionKey: string }): object;
	encryptOnWrite(params: Params, keys: object, models: object, operation: string): Params;
	decryptOnRead(params: Params, result: object, keys: object, models: object, operation: string): void;
}

interface Params {
	readonly model: string;
	readonly action: string;
	readonly args: { readonly data?: { readonly body: string } };
}

const PACKAGE: string = 'prisma-field-encryption/dist/encryption.js';
const MODEL = 'Note';
const MODELS = { [MODEL]: { fields: { body: { encrypt: true, strictDecryption: true } }, connections: {} } };

/** A row of one field, written and read: without Prisma, whose client only calls these. */
export async function openPrismaFieldEncryption(): Promise<FieldPeer> {
	const { configureKeys, encryptOnWrite, decryptOnRead }: Encryption = await import(PACKAGE);
	const keys = configureKeys({ encryptionKey: (await openCloak()).key });
	return {
		name: 'prisma-field-encryption',
		encrypt: (text) =>
			encryptOnWrite(
				{ model: MODEL, action: 'create', args: { data: { body: text } } },
				keys,
				MODELS,
				`${MODEL}.create`,
			).args.data?.body,
		decrypt(stored) {
			// It writes the text into the row that it is given.
			const row = { body: stored };
			decryptOnRead({ model: MODEL, action: 'findMany', args: {} }, row, keys, MODELS, `${MODEL}.findMany`);
			return row.body;
		},
	};
}
