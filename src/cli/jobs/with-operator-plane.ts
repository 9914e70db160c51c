import type { Config } from '../../config/index.ts';
import type { Plane } from '../../database/index.ts';
import { type Installation, openPlaneOf, withInstallation } from '../../wiring/index.ts';

export type InstallationWithOperatorPlane = Installation & { readonly operatorPlane: Plane };

/** The installation, beside who sees metadata of all firms: of the platform, the operator's plane alone does. */
export const withOperatorPlane = <T>(
	config: Config,
	work: (installation: InstallationWithOperatorPlane) => Promise<T>,
): Promise<T> =>
	withInstallation(config, async (installation) => {
		const operatorPlane = openPlaneOf(installation.database, 'firmseal_operator', 1);
		try {
			return await work({ ...installation, operatorPlane });
		} finally {
			await operatorPlane.close();
		}
	});
