export { addIssuerRoutes, type DemoSignIn } from './routes.ts';
