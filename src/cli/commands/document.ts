import { type Command, InvalidArgumentError } from 'commander';
import { defineCommand, dryRun } from '../command.ts';
import { type GetOptions, get, type PutOptions, put } from '../files/index.ts';
import { idOf, refuseBadOutput } from '../parse/index.ts';

/** `firmseal document`: files from and to disk through the API, as the person of FIRMSEAL_TOKEN. */
export function document(program: Command): void {
	const group = program
		.command('document')
		.description('files of documents, as the person of FIRMSEAL_TOKEN, through the API at FIRMSEAL_URL');

	defineCommand<PutOptions>(
		dryRun(group.command('put'))
			.description('send a file as a new document, or as the next version of one')
			.argument('<file>', 'its path; - is standard input')
			.option('--document <id>', 'send the next version of this document', idOf)
			.option('--summary <text>', 'what changed since the previous version')
			.option('--name <name>', "the document's name; the file's name unless given")
			.option('--type <media/type>', 'the media type; that of the name unless given', mediaTypeOf)
			.option('--client <id>', 'the client that the document is about', idOf)
			.hook('preAction', refuseWrongPut),
		({ config, options, args: [file = ''] }) => put(config, file, options),
	);
	defineCommand<GetOptions>(
		group
			.command('get')
			.description('fetch a file; after an interruption, the same command continues')
			.argument('<document>', 'id of the document', idOf)
			.option('--version <number>', 'this version instead of the latest', numberOf)
			.option('--out <file>', "where to write; - is standard output; the document's name unless given")
			.option('--force', 'replace an existing file')
			.option('--lease <id>', 'under this break-glass lease, as an operator', idOf)
			.hook('preAction', refuseBadOutput),
		({ config, options, args: [id = ''] }) => get(config, id, options),
	);
}

function refuseWrongPut(command: Command): void {
	const { document, summary, name, type, client } = command.opts<PutOptions>();
	if (document === undefined && summary !== undefined)
		command.error('error: --summary describes a new version: it goes with --document');
	if (document !== undefined && [name, type, client].some((each) => each !== undefined))
		command.error('error: --name, --type and --client describe a new document: leave them out with --document');
	if (document === undefined && name === undefined && command.args[0] === '-')
		command.error('error: standard input has no name: give one with --name');
}

function numberOf(text: string): number {
	if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Versions are 1, 2, 3 and so on.');
	return Number(text);
}

function mediaTypeOf(text: string): string {
	if (!/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(text) || text.length > 127)
		throw new InvalidArgumentError('Give a media type in lower case, for example application/pdf.');
	return text;
}
