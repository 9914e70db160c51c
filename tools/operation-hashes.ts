import { writeFileSync } from 'node:fs';
import { type DocumentNode, Kind, parse } from 'graphql';
import { readOperationFiles } from '../src/api/operations/operation-files.ts';
import { deriveOperationHash } from '../src/api/operations/registered-operations.ts';

/** Writes the hash of each registered operation, because the console sends only hashes and doesn't have the texts. */
const FILE = new URL('../web/kit/api/operator-hashes.generated.ts', import.meta.url);

const nameOf = ({ definitions: [operation] }: DocumentNode): string =>
	(operation?.kind === Kind.OPERATION_DEFINITION && operation.name?.value) || '';

const lines = readOperationFiles().map(({ text }) => `\t${nameOf(parse(text))}: '${deriveOperationHash(text)}',\n`);

writeFileSync(
	FILE,
	`/** The SHA-256 of each registered operation, by the operation's name: docs/how-to/use-the-operator-api.md. */\nexport const OPERATION_HASHES = {\n${lines.join('')}} as const;\n`,
);
