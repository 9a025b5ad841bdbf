// samples.ts – how a program asks for a token, ready to be pasted: with the app's id, without its secret. That is read from the
// environment, so that it gets into no file, no history of a shell and no list of processes. Pure.

export const languages = ['curl', 'Java', 'C#', 'Node', 'Python', 'PHP', 'Go'] as const;
export type SampleLanguage = (typeof languages)[number];

/** API tokens are the original's; OAuth 2.0 is what libraries know. */
export type TokenKind = 'API_TOKEN' | 'OAUTH2';

type Sample = (url: string, clientId: string) => string;

const apiToken: Record<SampleLanguage, Sample> = {
  curl: (url, clientId) => `curl -sS ${url} \\
  -H 'Content-Type: application/json' -d @- <<END
{"clientId": "${clientId}",
 "secret": "$CLIENT_SECRET", "type": "OWNER"}
END
`,
  Java: (url, clientId) => `import java.net.URI;
import java.net.http.*;

public class Token {
  public static void main(String[] arguments) throws Exception {
    String body = """
        {"clientId": "${clientId}", "secret": "%s", "type": "OWNER"}""".formatted(System.getenv("CLIENT_SECRET"));
    HttpRequest request = HttpRequest.newBuilder(URI.create("${url}"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body)).build();
    System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
`,
  'C#': (url, clientId) => `using System.Net.Http.Json;

using var http = new HttpClient();
var response = await http.PostAsJsonAsync("${url}", new {
    clientId = "${clientId}",
    secret = Environment.GetEnvironmentVariable("CLIENT_SECRET"),
    type = "OWNER",
});
response.EnsureSuccessStatusCode();
Console.WriteLine(await response.Content.ReadAsStringAsync());
`,
  Node: (url, clientId) => `const response = await fetch('${url}', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ clientId: '${clientId}', secret: process.env.CLIENT_SECRET, type: 'OWNER' }),
});
console.log(await response.json());
`,
  Python: (url, clientId) => `import json, os, urllib.request

body = {"clientId": "${clientId}", "secret": os.environ["CLIENT_SECRET"], "type": "OWNER"}
request = urllib.request.Request("${url}", json.dumps(body).encode(), {"Content-Type": "application/json"})
with urllib.request.urlopen(request) as response:
    print(json.load(response))
`,
  PHP: (url, clientId) => `<?php
$body = ['clientId' => '${clientId}', 'secret' => getenv('CLIENT_SECRET'), 'type' => 'OWNER'];
$request = curl_init('${url}');
curl_setopt_array($request, [
    CURLOPT_POSTFIELDS => json_encode($body),
    CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
    CURLOPT_RETURNTRANSFER => true,
]);
print_r(json_decode(curl_exec($request)));
`,
  Go: (url, clientId) => `package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
)

func main() {
	body, _ := json.Marshal(map[string]string{"clientId": "${clientId}", "secret": os.Getenv("CLIENT_SECRET"), "type": "OWNER"})
	response, err := http.Post("${url}", "application/json", bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	io.Copy(os.Stdout, response.Body)
}
`,
};

const oauth: Record<SampleLanguage, Sample> = {
  curl: (url, clientId) => `curl -sS ${url} -d @- <<END
grant_type=client_credentials&client_id=${clientId}&client_secret=$CLIENT_SECRET
END
`,
  Java: (url, clientId) => `import java.net.URI;
import java.net.http.*;

public class Token {
  public static void main(String[] arguments) throws Exception {
    String body = "grant_type=client_credentials&client_id=${clientId}&client_secret=" + System.getenv("CLIENT_SECRET");
    HttpRequest request = HttpRequest.newBuilder(URI.create("${url}"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(body)).build();
    System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
`,
  'C#': (url, clientId) => `using var http = new HttpClient();
var response = await http.PostAsync("${url}", new FormUrlEncodedContent(new Dictionary<string, string?> {
    ["grant_type"] = "client_credentials",
    ["client_id"] = "${clientId}",
    ["client_secret"] = Environment.GetEnvironmentVariable("CLIENT_SECRET"),
}));
response.EnsureSuccessStatusCode();
Console.WriteLine(await response.Content.ReadAsStringAsync());
`,
  Node: (url, clientId) => `const response = await fetch('${url}', {
  method: 'POST',
  body: new URLSearchParams({ grant_type: 'client_credentials', client_id: '${clientId}', client_secret: process.env.CLIENT_SECRET }),
});
console.log(await response.json());
`,
  Python: (url, clientId) => `import json, os, urllib.parse, urllib.request

form = {"grant_type": "client_credentials", "client_id": "${clientId}", "client_secret": os.environ["CLIENT_SECRET"]}
with urllib.request.urlopen("${url}", urllib.parse.urlencode(form).encode()) as response:
    print(json.load(response))
`,
  PHP: (url, clientId) => `<?php
$form = ['grant_type' => 'client_credentials', 'client_id' => '${clientId}', 'client_secret' => getenv('CLIENT_SECRET')];
$request = curl_init('${url}');
curl_setopt_array($request, [CURLOPT_POSTFIELDS => http_build_query($form), CURLOPT_RETURNTRANSFER => true]);
print_r(json_decode(curl_exec($request)));
`,
  Go: (url, clientId) => `package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
)

func main() {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"${clientId}"}, "client_secret": {os.Getenv("CLIENT_SECRET")}}
	response, err := http.PostForm("${url}", form)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	io.Copy(os.Stdout, response.Body)
}
`,
};

const kinds: Record<TokenKind, { path: string; samples: Record<SampleLanguage, Sample> }> = {
  API_TOKEN: { path: '/apitoken/clientApp/accessToken', samples: apiToken },
  OAUTH2: { path: '/oauth2/token', samples: oauth },
};

export const tokenUrl = (kind: TokenKind, origin: string): string => origin + kinds[kind].path;

/** `origin`: where the server is, https://sign.example. */
export const sampleOf = (kind: TokenKind, language: SampleLanguage, origin: string, clientId: string): string =>
  kinds[kind].samples[language](tokenUrl(kind, origin), clientId);
