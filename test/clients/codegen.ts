import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
	schema: 'schema/*.graphql',
	generates: {
		'test/clients/operations.generated.ts': {
			documents: 'test/clients/operations.graphql',
			plugins: ['typescript-operations', 'typed-document-node'],
			config: {
				strictScalars: true,
				useTypeImports: true,
				immutableTypes: true,
				nonOptionalTypename: true,
				skipTypeNameForRoot: true,
				documentNodeImport: '@apollo/client#TypedDocumentNode',
				// As JSON has them.
				scalars: { ID: 'string', DateTime: 'string', Decimal: 'string', JSON: 'unknown' },
			},
		},
	},
};

export default config;
