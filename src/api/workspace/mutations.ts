import {
	type GraphQLField,
	type GraphQLInputType,
	type GraphQLResolveInfo,
	getNamedType,
	isInputObjectType,
	isObjectType,
} from 'graphql';
import type { ShareSubject } from '../../database/index.ts';
import { SetupError } from '../../errors.ts';
import {
	changeRow,
	createRow,
	referencedTypeName,
	removeRow,
	shareWithClient,
	unshareWithClient,
	type WorkspaceTypeName,
	workspaceType,
} from '../../firms/index.ts';
import { authorizeMember, type RequestContext } from '../context.ts';
import { isWorkspaceType } from './relations.ts';
import { type FieldResolver, rowLoader, selectionAt } from './rows.ts';
import { sealedSizesOf } from './sealed-sizes.ts';

type RowInput = Readonly<Record<string, unknown>> & { readonly id: string; readonly expectedRevision: number };

const WRITES = { create: createRow, update: changeRow } as const;

/**
 * The resolver of a mutation such as `createNote`, `updateNote` or `deleteNote`; null for any other.
 * @throws SetupError for an argument that it would not write.
 */
export function writeResolver(name: string, field: GraphQLField<unknown, unknown>): FieldResolver<unknown> | null {
	const [, verb, type = ''] = /^(create|update|delete)(\w+)$/.exec(name) ?? [];
	if (!isWorkspaceType(type)) return null;
	const own = [...(verb === 'create' ? ['id'] : ['id', 'expectedRevision']), ...(verb === 'delete' ? [] : ['sealed'])];
	assertEveryArgumentUsed(name, field, type, own, verb);
	if (verb === 'delete')
		return async (_parent, { input }, context) => ({
			id: await removeRow(context.services, authorizeMember(context, name as never), type, input as RowInput),
		});
	const write = WRITES[verb as keyof typeof WRITES];
	const answers = payloadField(field, type);
	const [input] = field.args;
	const sizeOf = input ? sealedSizesOf(input.type, type) : () => 0;
	return async (_parent, { input }, context, info) => {
		const selection = selectionAt(context, info, type, [[answers]]);
		const acting = { ...authorizeMember(context, name as never), selection, maxEnvelopeBytes: sizeOf };
		// With the input, for payload fields beside the row.
		return { [answers]: await write(context.services, acting, type, input as RowInput), input };
	};
}

/** @throws SetupError for an argument that the mutation would not use. */
function assertEveryArgumentUsed(
	mutation: string,
	{ args }: GraphQLField<unknown, unknown>,
	typeName: string,
	own: readonly string[],
	verb = '',
): void {
	const isDelete = verb === 'delete';
	// Only creates flatten groups.
	const groups = verb === 'create' ? workspaceType(typeName).groupedArguments : [];
	for (const { name, type } of args) {
		if (name !== 'input') throw new SetupError(`Mutation.${mutation}(${name}:) would not be used: put it into input.`);
		const input = getNamedType(type);
		const unused =
			isDelete && isInputObjectType(input) && Object.keys(input.getFields()).find((each) => !own.includes(each));
		if (unused) throw new SetupError(`${input.name}.${unused} would not be used: remove it from the schema.`);
		if (isDelete) continue;
		assertEveryArgumentWritten(type, typeName, own, groups);
	}
}

/**
 * A write would silently drop an unknown argument, and the caller would believe it stored. `own`: arguments that aren't columns;
 * `groups`: arguments that hold columns.
 */
function assertEveryArgumentWritten(
	given: GraphQLInputType | undefined,
	typeName: string,
	own: readonly string[],
	groups: readonly string[] = [],
): void {
	const input = given && getNamedType(given);
	if (!isInputObjectType(input)) return;
	const { writableColumns, lists = {} } = workspaceType(typeName);
	for (const { name, type } of Object.values(input.getFields())) {
		const part = lists[name];
		if (part) assertEveryArgumentWritten(type, part.type, ['id', 'sealed']);
		else if (groups.includes(name)) assertEveryArgumentWritten(type, typeName, []);
		else if (!own.includes(name) && !writableColumns.includes(name))
			throw new SetupError(
				`${input.name}.${name} would not be written: add ${name} to writableColumns of ${typeName} in src/firms/workspace.ts.`,
			);
	}
}

function payloadField(field: GraphQLField<unknown, unknown>, type: WorkspaceTypeName): string {
	const payload = getNamedType(field.type);
	const fields = isObjectType(payload) ? Object.values(payload.getFields()) : [];
	return fields.find((each) => getNamedType(each.type).name === type)?.name ?? '';
}

interface SharingPayload {
	readonly clientId: string;
	/** Exactly one id, by type. */
	readonly subject: ShareSubject;
}

const SHARES = { shareWithClient, unshareWithClient } as const;

export const sharingResolver =
	(name: keyof typeof SHARES): FieldResolver<unknown> =>
	async (_parent, { input }, context) => {
		const sharing = input as SharingPayload;
		await SHARES[name](
			name === 'unshareWithClient' ? context.revocationServices : context.services,
			authorizeMember(context, name),
			sharing,
		);
		return sharing;
	};

/** Resolves the payload of a sharing mutation by the ids of its input. */
export const sharingPayload = {
	client: ({ clientId }: SharingPayload, _args: unknown, context: RequestContext, info: GraphQLResolveInfo) =>
		rowLoader(context, 'Client', selectionAt(context, info, 'Client', [[]])).load(clientId),
	subject: async ({ subject }: SharingPayload, _args: unknown, context: RequestContext, info: GraphQLResolveInfo) => {
		const [[column, id] = ['', '']] = Object.entries(subject);
		const type = referencedTypeName(column);
		if (!type) return null;
		const row = await rowLoader(context, type, selectionAt(context, info, type, [[]], type)).load(id);
		return row && { ...row, __typename: type };
	},
};
