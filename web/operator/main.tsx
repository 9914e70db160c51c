import { OPERATION_HASHES } from '../kit/api/operator-hashes.generated.ts';
import { startApp } from '../kit/start-app.tsx';
import { Console } from './console.tsx';

void startApp({ path: '/operator', hashes: OPERATION_HASHES, app: <Console /> });
