export const pluginId = 'ringfence';
