import type { CodegenConfig } from '@graphql-codegen/cli';

/** The documents of one page and the types of their variables and answers. Enums and inputs that no document uses are left out. */
const documentsOf = (folder: string) => ({
	documents: `schema/operations/${folder}/**/*.graphql`,
	plugins: ['typescript-operations', 'typed-document-node'],
	config: {
		strictScalars: true,
		useTypeImports: true,
		immutableTypes: true,
		enumsAsTypes: true,
		disableDescriptions: true,
		// Apollo Client adds `__typename` for its cache. The screens don't read it, except where a document selects it.
		skipTypename: true,
		// Each fragment's AST is in the bundle once.
		dedupeFragments: true,
		optimizeDocumentNode: true,
		documentNodeImport: '@apollo/client#TypedDocumentNode',
		// As JSON has them.
		scalars: { ID: 'string', DateTime: 'string', Decimal: 'string', JSON: 'unknown' },
	},
});

export const pages: CodegenConfig['generates'] = {
	'web/kit/api/workspace.generated.ts': documentsOf('workspace'),
	'web/kit/api/operator.generated.ts': documentsOf('operator'),
};
