import type { Config } from '../../config/index.ts';
import type { Plane } from '../../database/index.ts';
import { type Installation, openPlaneOf, withInstallation } from '../../wiring/index.ts';

export type Seeing = Installation & { readonly sight: Plane };

/** The installation, beside who sees metadata of all firms: of the platform, the operator's plane alone does. */
export const withSight = <T>(config: Config, work: (installation: Seeing) => Promise<T>): Promise<T> =>
	withInstallation(config, async (installation) => {
		const sight = openPlaneOf(installation.database, 'firmseal_operator', 1);
		try {
			return await work({ ...installation, sight });
		} finally {
			await sight.close();
		}
	});
