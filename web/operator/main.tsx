import { startApp } from '../kit/start-app.tsx';
import { Console } from './console.tsx';

void startApp({ path: '/operator', app: <Console /> });
