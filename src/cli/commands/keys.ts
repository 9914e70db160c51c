import type { Command } from 'commander';
import { openKeyring } from '../../compose.ts';
import { selectAllFirms, selectDataKeyListing } from '../../database/index.ts';
import { describeKeys, findFirm, stateOf } from '../../firms/index.ts';
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
				const described = await describeKeys(keyring, firms);
				const dataKeys = await worker.read(null, (tx) => selectDataKeyListing(tx, only?.id ?? null));
				const slugs = new Map(firms.map(({ id, slug }) => [id, slug]));
				const rows = [
					...described.map((each) => {
						const { slug, key } = each;
						return [slug, key?.isOwn ? 'its own key' : 'wrapping key', key?.version, stateOf(each), null, key?.keyId];
					}),
					...dataKeys.map((key) => [slugs.get(key.firm), key.class, key.version, key.state, key.sealed, key.keyId]),
				];
				return {
					result: { wrappingKeys: described.flatMap(({ key }) => key ?? []), dataKeys },
					text: table(['firm', 'key', 'version', 'state', 'sealed at most', 'wrapping key id'], rows),
					problem: described.find(({ refusal }) => refusal)?.refusal?.message,
				};
			}),
	);
}
