import { useTitle } from '../../../kit/parts/index.ts';
import { AccessPolicy } from './access-policy.tsx';
import { FirmJobs } from './firm-jobs.tsx';
import { FirmKeys } from './firm-keys.tsx';
import { SignInRules } from './sign-in-rules.tsx';

/** What the owners of a firm decide for all of it. */
export function Settings() {
	useTitle('Settings');
	return (
		<>
			<h1>Settings</h1>
			<AccessPolicy />
			<SignInRules />
			<FirmKeys />
			<FirmJobs />
		</>
	);
}
