import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types of resolvers from the SDL; mappers say which rows stand behind the object types. */
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
					Note: '../database/index.ts#NoteRow',
					User: '../database/index.ts#UserRow',
					AuditEntry: './resolvers/audit.ts#AuditEntryNode',
					FirmConnection: './connection.ts#Connection<FirmRow>',
					NoteConnection: './connection.ts#Connection<NoteRow>',
					AuditEntryConnection: './connection.ts#Connection<AuditEntryNode>',
				},
			},
		},
	},
};

export default config;
