import type { Act } from '../audit/index.ts';
import { encodeValue, sealPayload } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ContentField } from './content-field.ts';
import { type ContentSession, contentEntry, type SealingCustody } from './content-session.ts';

export interface ValueToSeal {
	readonly field: ContentField;
	readonly value: unknown;
}

export async function sealValues(
	session: ContentSession,
	row: string,
	values: readonly ValueToSeal[],
	custody: SealingCustody = 'PLATFORM',
): Promise<(Uint8Array | null)[]> {
	const { dataKeys, aead } = session.parts;
	const encoded = values.map(({ field, value }) => {
		session.assertMaySeal(field, custody);
		const isNull = value === null || value === undefined;
		return { field, payload: isNull ? null : encodeValue(field.valueType, value, field.pad) };
	});
	const count = encoded.filter(({ payload }) => payload !== null).length;
	const [first] = values;
	if (!first || count === 0) return encoded.map(() => null);
	const firm = session.assertMaySeal(first.field, custody);
	const key =
		dataKeys.sealingKey(firm, first.field.class, count) ??
		(await dataKeys.loadSealingKey(firm, first.field.class, count));
	return encoded.map(({ field, payload }) => {
		if (field.class !== key.class) throw new FirmsealError('INTERNAL', 'The values of a row have two content classes.');
		return payload && sealPayload(aead, key.field(field.table, field.column), row, payload);
	});
}

export function encodePlaintext(
	session: ContentSession,
	field: ContentField,
	value: unknown,
): string | Uint8Array | null {
	session.assertMaySeal(field);
	if (value === null || value === undefined) return null;
	const { plaintext } = session.parts;
	if (!plaintext) throw new FirmsealError('INTERNAL', `${field.coordinate} has no codec for its plaintext column.`);
	return plaintext.encode(field, value);
}

export async function record({ authorization, parts }: ContentSession, act: Act): Promise<void> {
	const { decision } = authorization;
	await parts.audit.append([contentEntry(authorization, { firm: decision.allowed ? decision.firm : null, ...act })]);
}
