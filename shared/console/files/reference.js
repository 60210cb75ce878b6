// Closed at first, to be opened group by group: drawing all calls at once takes seconds.
SwaggerUIBundle({
  url: "v1/openapi.json", dom_id: "#reference", deepLinking: true, persistAuthorization: false,
  docExpansion: "none", filter: true, defaultModelsExpandDepth: 0,
});
