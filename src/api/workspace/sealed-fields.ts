import { type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, getArgumentValues } from 'graphql';
import type { Row } from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { WorkspaceTypeName } from '../../firms/index.ts';
import type { FieldResolver } from './rows.ts';

/** The field of each content type that answers values as devices of the firm have sealed them. */
export const SEALED_FIELDS = 'sealedFields';

interface SealedFieldNode {
	readonly name: string;
	readonly envelope: string | null;
	readonly stamp: string;
}

/**
 * The sealed values of a row that the caller may have, each with the row's stamp. A value that no device can open is left out: reported and on
 * record as one that does not open. @throws FirmsealError BAD_USER_INPUT for a name that is no encrypted field
 */
export const sealedFieldsResolver =
	(type: WorkspaceTypeName): FieldResolver<readonly SealedFieldNode[]> =>
	(parent, args, context) => {
		const row = parent as Row;
		const fields = context.services.fieldsOf(type);
		const session = contentSessionOf(context);
		const place = { firm: row.firmId, id: row.id, sharedWith: row.sharedWith ?? null };
		const stamp = row.stamp as string | null | undefined;
		return namesOf(args, Object.keys(fields)).flatMap((name) => {
			const field = fields[name];
			if (!field || !Object.hasOwn(fields, name))
				throw new FirmsealError('BAD_USER_INPUT', `${type} has no encrypted field of a name in names: leave it out.`);
			const sealed = row[name] as Uint8Array | null | undefined;
			const bytes = context.services.content.releaseValue(session, field, place, { sealed, stamp });
			if (bytes === undefined || typeof stamp !== 'string') return [];
			return { name, envelope: bytes && Buffer.from(bytes).toString('base64'), stamp };
		});
	};

const namesOf = ({ names }: Readonly<Record<string, unknown>>, all: readonly string[]): readonly string[] =>
	Array.isArray(names) ? [...new Set(names as readonly string[])] : all;

/** What selectionOf() knows the columns by which a selection of `sealedFields` needs. */
const PREFIX = `${SEALED_FIELDS}:`;

/** Names of the sealed columns that a selection needs. `all`: for every column. A wrong argument selects nothing, because it is refused later. */
export function sealedNamesOf(info: GraphQLResolveInfo, type: GraphQLObjectType, node: FieldNode): string[] {
	const field = type.getFields()[SEALED_FIELDS];
	if (!field || node.name.value !== SEALED_FIELDS) return [];
	try {
		return namesOf(getArgumentValues(field, node, info.variableValues), ['*']).map((name) => PREFIX + name);
	} catch {
		return [];
	}
}

/** The fields of a type that a name of sealedNamesOf() stands for; null for any other name. */
export function releasedFields(name: string, all: readonly string[]): readonly string[] | null {
	if (!name.startsWith(PREFIX)) return null;
	const named = name.slice(PREFIX.length);
	return named === '*' ? all : all.filter((each) => each === named);
}
