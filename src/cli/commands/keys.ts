import type { Command } from 'commander';
import { openKeyring } from '../../compose.ts';
import { selectAllFirms, selectDataKeyListing } from '../../database/index.ts';
import { findFirm } from '../../firms/index.ts';
import { PLATFORM, withInstallation } from '../../installation.ts';
import { act, table } from '../command.ts';

export function keys(program: Command): void {
	const group = program.command('keys').description('the key hierarchy');

	act<{ firm?: string }>(
		group
			.command('list')
			.description('list wrapping keys and versions of data keys; never key material')
			.option('--firm <slug-or-id>', 'only this firm'),
		({ config, options }) =>
			withInstallation(config, async ({ worker }) => {
				const only = options.firm === undefined ? null : await findFirm({ worker }, options.firm);
				const platform = { id: PLATFORM, slug: '(platform)' };
				const firms = only ? [only] : [platform, ...(await worker.read(null, selectAllFirms))];
				const keyring = await openKeyring(config, 'worker');
				const wrappingKeys = await Promise.all(firms.map(async ({ id }) => keyring.describeKey(id)));
				const dataKeys = await worker.read(null, (tx) => selectDataKeyListing(tx, only?.id ?? null));
				const slugs = new Map(firms.map(({ id, slug }) => [id, slug]));
				const rows = [
					...firms.map(({ slug }, index) => {
						const key = wrappingKeys[index];
						return [slug, 'wrapping key', key?.version, key?.state ?? 'MISSING', null, key?.keyId];
					}),
					...dataKeys.map((key) => [slugs.get(key.firm), key.class, key.version, key.state, key.sealed, key.keyId]),
				];
				return {
					result: { wrappingKeys: wrappingKeys.filter((key) => key !== null), dataKeys },
					text: table(['firm', 'key', 'version', 'state', 'sealed at most', 'wrapping key id'], rows),
				};
			}),
	);
}
