import { HTTP_STATUS } from '../../src/api/errors/http-status.ts';
import { ERROR_CODES, ERROR_DESCRIPTIONS } from '../../src/errors.ts';
import { GENERATED_PAGES, pathFrom } from './generated-pages.ts';
import { page, table } from './markdown.ts';

const PAGE = GENERATED_PAGES.errors;

const HEAD = `<!-- Written by \`npm run generate\` from src/errors.ts: change that file. -->

# Errors

*Reference. For anyone who calls the API.*

A GraphQL error has its code in \`extensions.code\`; a problem document has it in \`code\`. An answer with data has status 200,
even if it also has errors: the status below is for an answer without data. Mistakes in a document or its variables have
status 200 for a client that asks for \`application/json\` by name, as GraphQL over HTTP requires for that older type.

An answer with status 503 has a \`Retry-After\` header. An answer with status 429 has one too, unless the person asks for
leases or jobs too often. A field that the caller may not read is not an error: it is null, and \`extensions.sealed\` gives
the coordinate, the reason, and the number of objects. See also the [limits](${pathFrom(PAGE, 'docs/reference/limits.md')}).`;

/** Every error code, in the order of src/errors.ts. */
export const errorsPage = (): string =>
	page([
		HEAD,
		table(
			['code', 'status', 'when', 'retry'],
			ERROR_CODES.map((code) => {
				const { when, retry } = ERROR_DESCRIPTIONS[code];
				return [`\`${code}\``, String(HTTP_STATUS[code]), when, retry];
			}),
		),
	]);
