import { readdirSync, readFileSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import clients from './test/clients/codegen.ts';
import { pages } from './web/codegen.ts';

const sdl = readdirSync('schema')
	.filter((file) => file.endsWith('.graphql'))
	.map((file) => readFileSync(`schema/${file}`, 'utf8'))
	.join('\n');

/** Types whose rows are read the same way: those that implement FirmOwned. */
const ofWorkspace = Object.fromEntries(
	[...sdl.matchAll(/^type (\w+) implements Node & FirmOwned/gm)].flatMap(([, name]) => [
		[name, '../database/index.ts#Row'],
		...(sdl.includes(`type ${name}Connection `) ? [[`${name}Connection`, './connection.ts#Connection<Row>']] : []),
	]),
);

/**
 * Types of the resolvers, from the SDL: the mappers name the row of each object type. And types of the operations that the pages and
 * the tests' clients send.
 */
const config: CodegenConfig = {
	schema: 'schema/*.graphql',
	generates: {
		'src/api/schema-types.generated.ts': {
			plugins: ['typescript', 'typescript-resolvers'],
			config: {
				enumsAsTypes: true,
				strictScalars: true,
				useTypeImports: true,
				skipTypename: true,
				contextType: './context.ts#RequestContext',
				scalars: {
					ID: 'string',
					DateTime: { input: 'Date', output: 'Date' },
					Decimal: 'string',
					JSON: 'unknown',
				},
				mappers: {
					Firm: '../database/index.ts#FirmRow',
					User: '../database/index.ts#UserRow',
					AuditEntry: './resolvers/audit.ts#AuditEntryNode',
					AuditCheckpoint: '../audit-log/proofs/index.ts#PublishedCheckpoint',
					AuditInclusionProof: '../audit-log/proofs/index.ts#InclusionProof',
					AuditConsistencyProof: '../audit-log/proofs/index.ts#ConsistencyProof',
					Notice: '../database/index.ts#NoticeRow',
					Alert: '../database/index.ts#AlertRow',
					AlertConnection: './connection.ts#Connection<AlertRow>',
					KeyLog: './resolvers/key-log.ts#KeyLogNode',
					DeviceRequest: '../database/index.ts#DeviceRequestRow',
					OwnerProposal: '../database/index.ts#OwnerProposalRow',
					FirmJob: '../database/index.ts#JobRow',
					JobConnection: './connection.ts#Connection<JobRow>',
					Invitation: '../database/index.ts#InvitationRow',
					FirmSignIn: '../database/index.ts#FirmSignInRow',
					OwnerRecovery: '../database/index.ts#OwnerRecoveryRow',
					BreakGlassLease: '../database/index.ts#LeaseRow',
					LeaseApproval: './resolvers/leases.ts#LeaseApprovalNode',
					LeaseDenial: './resolvers/leases.ts#LeaseDenialNode',
					LeaseEvent: '../database/index.ts#LeaseEventRow',
					LeaseOpening: './resolvers/lease-report.ts#LeaseOpeningNode',
					BreakGlassLeaseConnection: './connection.ts#Connection<LeaseRow>',
					LeaseOpeningConnection: './connection.ts#Connection<LeaseOpeningNode>',
					FirmConnection: './connection.ts#Connection<FirmRow>',
					UserConnection: './connection.ts#Connection<UserRow>',
					NoticeConnection: './connection.ts#Connection<NoticeRow>',
					AuditEntryConnection: './connection.ts#Connection<AuditEntryNode>',
					...ofWorkspace,
				},
			},
		},
		...clients.generates,
		...pages,
	},
};

export default config;
