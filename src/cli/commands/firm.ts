import type { Command } from 'commander';
import { selectAllFirms } from '../../database/index.ts';
import { createFirm, findFirm, setFirmSuspended } from '../../firms/index.ts';
import { withInstallation } from '../../wiring/index.ts';
import { defineCommand, dryRun, table } from '../command.ts';
import { exportFirm, type FirmExportOptions } from '../export/index.ts';
import { PERSON_HELP, SUBJECT_HELP } from '../parse/index.ts';
import { recover } from './firm-recover.ts';

interface CreateOptions {
	readonly slug: string;
	readonly name: string;
	readonly owner: string;
	readonly ownerName?: string;
	readonly ownerSubject?: string;
	readonly ownerPerson?: string;
	readonly key?: string;
	readonly dryRun?: boolean;
}

interface FirmOptions {
	readonly firm: string;
	readonly dryRun?: boolean;
}

/** `firmseal firm`: the firms of the installation. */
export function firm(program: Command): void {
	const group = program.command('firm').description('administration of firms');
	defineCreate(group);
	defineList(group);
	recover(group);
	defineExport(group);
	defineSuspendAndResume(group);
}

function defineCreate(group: Command): void {
	defineCommand<CreateOptions>(
		dryRun(group.command('create'))
			.description('create a firm with its wrapping key and its first owner')
			.requiredOption('--slug <slug>', 'short name: lower-case letters, digits, hyphens')
			.requiredOption('--name <name>', "the firm's name")
			.requiredOption('--owner <email>', "the first owner's e-mail address")
			.option('--owner-name <name>', "the first owner's name")
			.option('--owner-subject <subject>', SUBJECT_HELP)
			.option('--owner-person <value>', PERSON_HELP)
			.option('--key <arn>', 'a KMS key that the firm brings, and may withdraw; without it, Firmseal creates one'),
		async ({ config, options }) => {
			const { slug, name, owner: email, ownerName, ownerSubject, ownerPerson, key } = options;
			if (options.dryRun) {
				const text = `Would create the firm ${slug} with its owner ${email}${key === undefined ? '' : ', and use the key that it brings as its wrapping key'}.`;
				return { result: { dryRun: true, slug }, text };
			}
			const owner = { email, name: ownerName ?? email, subject: ownerSubject, personClaimValue: ownerPerson };
			const made = await withInstallation(config, (installation) =>
				createFirm(installation, { slug, name, owner, key }),
			);
			return { result: made, text: `Created the firm ${slug} (${made.id}).` };
		},
	);
}

function defineList(group: Command): void {
	defineCommand(group.command('list').description('list the firms'), ({ config }) =>
		withInstallation(config, async ({ worker }) => {
			const firms = await worker.read(null, selectAllFirms);
			const rows = firms.map(({ id, slug, name, status, createdAt }) => [
				id,
				slug,
				status,
				createdAt.toISOString(),
				name,
			]);
			return { result: { firms }, text: table(['id', 'slug', 'status', 'created', 'name'], rows) };
		}),
	);
}

/** Works through the API, as an owner of the firm. */
function defineExport(group: Command): void {
	defineCommand<FirmExportOptions>(
		dryRun(group.command('export'))
			.description(
				'save all content of a firm as files, as the owner of FIRMSEAL_TOKEN, through the API at FIRMSEAL_URL; after an interruption, the same command continues',
			)
			.option('--firm <slug-or-id>', 'the firm; only your own can be exported')
			.option('--out <directory>', 'where to write; export-<slug> unless given')
			.option('--force', 'replace an existing export')
			.hook('preAction', (command) => {
				if (command.opts<FirmExportOptions>().out === '') command.error('error: --out names no directory');
			}),
		({ config, options }) => exportFirm(config, options),
	);
}

function defineSuspendAndResume(group: Command): void {
	for (const suspended of [true, false]) {
		const word = suspended ? 'suspend' : 'resume';
		defineCommand<FirmOptions>(
			dryRun(group.command(word))
				.description(
					suspended
						? "suspend a firm: refuse its members' tokens from the next request on"
						: "resume a firm: accept its members' tokens again",
				)
				.requiredOption('--firm <slug-or-id>', 'which firm'),
			({ config, options }) =>
				withInstallation(config, async (installation) => {
					const { slug, id, status } = options.dryRun
						? await findFirm(installation, options.firm)
						: await setFirmSuspended(installation, options.firm, suspended);
					const text = options.dryRun
						? `Would ${word} the firm ${slug}, which is ${status}.`
						: `The firm ${slug} is ${status}.`;
					return { result: { id, slug, status, ...(options.dryRun && { dryRun: true }) }, text };
				}),
		);
	}
}
